"""Both SOPs in short. BASE is where the service listens, DATA_DIR its data folder, as `cargo run` prints them."""

from whistle_blowing import whistle_blowing

from certification import certification

certification()
whistle_blowing()
