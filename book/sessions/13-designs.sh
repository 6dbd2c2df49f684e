cargo run -q --release -p designs-solution --example table
