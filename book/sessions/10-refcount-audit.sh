cargo run -q -p refcount --example races
