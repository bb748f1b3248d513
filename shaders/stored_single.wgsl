// How a kernel's activations lie in memory: all in single precision. Appended, like its twins for half precision.

alias In = f32;
alias Out = f32;
