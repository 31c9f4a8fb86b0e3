"""The command line: serve, check, index, export."""
def main(argv, create_app): pass
