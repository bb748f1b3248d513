// How a kernel's activations lie in memory: what it reads in half precision (needs shader-f16), what it writes in single, as
// the sum that runs through all blocks.

alias In = f16;
alias Out = f32;
