"""What the pages for writing share: their forms, what they show, how nothing written is lost."""
