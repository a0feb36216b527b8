#!python
"""Starts the program of the same name that the package holds, with its database of file types."""

import importlib.util
import os
import sys

# Found without being loaded, which would take longer than the program.
package = importlib.util.find_spec("preflight_media").submodule_search_locations[0]
programs = os.path.join(package, "programs")
os.environ.setdefault("MAGIC", os.path.join(programs, "magic.mgc"))
program = os.path.join(programs, os.path.basename(sys.argv[0]))
os.execv(program, [program, *sys.argv[1:]])
