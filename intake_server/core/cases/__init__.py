"""Cases: what can be applied for, how an application is answered, how long it may take, who may do what. Pure."""
