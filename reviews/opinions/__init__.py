"""Questions to other ministries: asked by an office, answered by the ministry's officers."""
