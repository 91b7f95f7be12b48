import '#libs/kernel';
import '#libs/delivery';
