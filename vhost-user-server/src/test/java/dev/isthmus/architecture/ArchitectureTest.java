package dev.isthmus.architecture;

class ArchitectureTest extends ArchitectureContract {}
