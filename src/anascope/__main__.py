"""``python -m anascope``: the command line."""

from anascope.cli import main

if __name__ == "__main__":
    main()
