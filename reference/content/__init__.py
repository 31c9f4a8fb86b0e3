"""Content files -> Library: read strictly, held against every editorial rule, or not served."""
