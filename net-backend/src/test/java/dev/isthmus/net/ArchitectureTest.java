package dev.isthmus.net;

import dev.isthmus.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
