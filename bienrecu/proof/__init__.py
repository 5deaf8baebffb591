"""Records for an audit: what became of e-mails, in a file that can be checked later.

`ask` asks for one; a worker (`queue`, `make`) gathers the facts (`gather`), writes them down in words as CSV, XLSX or
PDF (`write_*`) and seals the file (`seal`). `check` reads a file back and compares it with what is known now."""
