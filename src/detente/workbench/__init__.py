"""The workbench: a local web application over a folder of scenario files. The file is the truth; the page shows and changes it.

`create_app(root)` is an ASGI application (`detente.workbench.app`), `serve(root)` runs it on this machine
(`detente.workbench.serve`). Both need the extra `workbench`. An edit travels so:

```text
  page ── POST /api/edit ──► documents.Document     changes of data, checked against what is there
                                 │ journal            on the disk, then acknowledged
                                 ▼
                             workers.Lane ──► live.Desk   (another process) data → scenario → verdicts, part by part
                                 │                        last the text, so that comments stay
                                 ▼
  page ◄── GET /api/events ── events.Hub              verdicts, what changed and why, problems
```
"""
