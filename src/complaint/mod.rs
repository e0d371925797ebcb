//! Whistle-blowing (penanganan whistle blowing): SOP 2 from a complaint to the acknowledged answer, with the reporter protected from everybody.
