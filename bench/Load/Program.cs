using BigTech.Load;

SocketThread.UseOne();
return await LoadCommand.RunAsync(args);
