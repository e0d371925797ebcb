//! Whatever somebody types, a paper is set, and what they typed stands on it as it is.
