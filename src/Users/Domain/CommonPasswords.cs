using System.Collections.Frozen;

namespace BigTech.Users.Domain;

/// <summary>Passwords that satisfy all other rules but are among the first guesses of an attacker.</summary>
internal static class CommonPasswords
{
    private const string Resource = "BigTech.Users.Domain.common-passwords.txt";
    private static readonly FrozenSet<string> Known = Load();

    public static bool Contains(string password) => Known.Contains(password);

    public static IReadOnlyCollection<string> All => Known;

    private static FrozenSet<string> Load()
    {
        using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)!);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
