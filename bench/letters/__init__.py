"""Draw confirmation letters as they reach a ministry: many layouts, worn in many ways."""
