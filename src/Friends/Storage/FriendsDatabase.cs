namespace BigTech.Friends.Storage;

internal static class FriendsDatabase
{
    /// <summary>The name of the context's database, its service key and its consumer group.</summary>
    public const string Name = "friends";
}
