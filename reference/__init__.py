"""A sourced library: nothing is said without the words it rests on."""

__version__ = "1.0.0"
"""The version of the code, which CHANGELOG.md describes; that of the content is a digest of it."""
