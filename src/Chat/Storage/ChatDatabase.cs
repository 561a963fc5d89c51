namespace BigTech.Chat.Storage;

internal static class ChatDatabase
{
    /// <summary>The name of the context's database, its service key and its consumer group.</summary>
    public const string Name = "chat";
}
