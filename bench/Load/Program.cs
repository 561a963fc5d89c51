using BigTech.Load;

SocketThread.UseOne();
return await LoadCommand.Run(args);
