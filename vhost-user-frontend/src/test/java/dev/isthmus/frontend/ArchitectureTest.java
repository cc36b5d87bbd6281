package dev.isthmus.frontend;

import dev.isthmus.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
