"""`python -m bienrecu`, and the `bienrecu` command."""

from bienrecu.processes.cli import main

if __name__ == "__main__":
    main()
