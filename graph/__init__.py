"""The network: what it is made of, where it is kept, how it is searched. Imports none of ours."""
