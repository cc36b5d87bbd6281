package dev.isthmus.bench;

import dev.isthmus.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
