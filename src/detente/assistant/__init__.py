"""A server for assistants, in the Model Context Protocol: one folder of scenarios and the library, read, checked and asked.

An assistant that drafts, questions or checks a model does so through at most twelve tools. Nothing here analyses: each call
reads a file (`folder`), runs the library in a process of its own (`work`), and comes back as a typed reply of at most 4 kB with
the address of the whole (`replies`, `tools`). `serve` is the server, `prompts` what it teaches.

What it may do is little, for an assistant reads files that may come from strangers and does what it reads:

- it reads scenario files of one folder, by names relative to it, and the bundled models; no link leads out of it;
- it writes nothing unless that was allowed, and then only over the very content that was read;
- words of a file come back in parts that are marked as content of the file;
- arguments, states, seconds and the length of replies have limits; a call that is cancelled ends its process.

How to start: `detente mcp FOLDER`. Needs the extra `mcp`.
"""
