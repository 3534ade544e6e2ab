"""The documentation site: pages written by hand (`docs/`) and pages written from code, built and checked strictly.

`python3 run.py docs` runs `docsite.__main__`: `pages` gathers the Markdown (`commands`, `gallery`, `keys` and `modules`
write the generated part of it, `doors` the example report), Zensical turns it into HTML, `search` thins out what is searched,
`links` checks what came out.
"""
