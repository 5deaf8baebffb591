"""Posting: one way in for every door (page, command, API). What is wrong is refused before anything leaves.

`request` is what every door fills in, `post` the way in. What leads there is here too (drafts in `writing`, `people`,
`domains`, the account of `relay`), and what follows (resends, mails to users)."""
