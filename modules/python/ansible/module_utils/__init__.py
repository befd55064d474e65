"""What modules written for Ansible import."""
