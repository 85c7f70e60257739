"""The scheming schemas of the portal: dataset, work, mobility, organization, and their presets."""
