package dev.isthmus.xen;

import dev.isthmus.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
