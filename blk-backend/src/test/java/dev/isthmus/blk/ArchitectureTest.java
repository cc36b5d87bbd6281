package dev.isthmus.blk;

import dev.isthmus.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
