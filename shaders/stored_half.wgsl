// How a kernel's activations lie in memory: all in half precision (needs shader-f16). Sums are single precision all the same.

alias In = f16;
alias Out = f16;
