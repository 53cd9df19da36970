mod bad_input;
mod head;
mod include;
mod names;
mod shapes;
mod split;
mod values;
mod vars;
