"""A scenario to fill in: every part that most models have, each with a word on what belongs there."""

TEMPLATE = """\
# A scenario for detente. What stands behind # is a remark. Replace what is here by your own conflict;
# `detente check FILE` says what is missing, `detente analyze FILE` gives the first answer.
detente: 1                                   # the version of the format
title: A border dispute
question: Does the truce hold?               # what the model is to answer, in a sentence

# What the model rests on. Every option, aim and rule can name its `source`, and `where` in it.
sources:
  supposed: {text: What the modellers suppose, kind: supposition}

# Who decides, and what each can do. The short names (north, arm) stand in formulas.
actors:
  north:
    name: The North
    options:
      n_arm: {name: Move troops to the border, source: supposed}
      n_talk: {name: Talk}
    # What it wants, the most important first. Aims are formulas over everybody's options:
    # and, or, not, ->, at least 1 of (a, b). Say what it values, not how it reacts.
    priorities:
      - not s_arm
      - {want: s_talk, source: supposed, confidence: low}
      - not n_arm
      - n_talk
  south:
    name: The South
    options:
      s_arm: {name: Move troops to the border}
      s_talk: {name: Talk}
    priorities:
      - not n_arm
      - n_talk
      - not s_arm
      - s_talk

# What cannot be: combinations of options that are no states.
rules:
  - never: n_arm and n_talk
  - never: s_arm and s_talk

# Where things stand today: what is on. The rest is off.
now: [n_arm, s_arm]

# Names for what you will ask about: detente types FILE --goal truce
outcomes:
  truce: {formula: not n_arm and not s_arm, name: There is a truce}
"""
