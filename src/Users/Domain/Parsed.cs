namespace BigTech.Users.Domain;

/// <summary>The result of parsing a user's input: a value, or the problem with it.</summary>
internal readonly record struct Parsed<T>(T? Value, string? Problem) where T : class
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static Parsed<T> Rejected(string problem) => new(null, problem);

    public static Parsed<T> TooLong(int longest) => Rejected($"Must not be longer than {longest} characters.");
}
