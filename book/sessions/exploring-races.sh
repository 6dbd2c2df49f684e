cargo run -q -p explore --features model --example race
cargo run -q -p explore --features model --example race count
cargo run -q -p explore --features model --example race 1,1,1,0
