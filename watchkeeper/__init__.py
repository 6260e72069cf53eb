"""The command line, the demo, the simulation and the benches: the only rooms that know both edge and hub."""
