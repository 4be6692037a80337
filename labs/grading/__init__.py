"""Marks notebooks that strangers wrote: the learner's code and the hidden tests never meet."""
