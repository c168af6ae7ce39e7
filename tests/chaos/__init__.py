"""`make chaos`: a real studio, a Runway with faults, processes killed at random; then every promise is checked."""
