//! The reporter's side of the counter: the ways in, what they see of their complaint, what they write to it, and where else they can turn.

pub mod admission;
pub mod counter;
pub mod entrance;
pub mod mine;
pub mod other_channels;
pub mod own_next;
