namespace BigTech.Users.Storage;

internal static class UsersDatabase
{
    /// <summary>The name of the context's database, its service key and its consumer group.</summary>
    public const string Name = "users";
}
