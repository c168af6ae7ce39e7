"""What jobs add to scene.json, to the sidecars, to the rebuild, and to what projects' pages show."""
