using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace BigTech.Notifications.Domain;

/// <summary>
/// The names of the IANA time zone database: a line for each zone, first its canonical name, then its former and other names. The files of
/// a system's database have more names (<c>localtime</c>, <c>right/…</c>), which mean something else on each machine.
/// </summary>
internal static class TimeZoneNames
{
    private static readonly Lazy<FrozenDictionary<string, string>> Canonical = new(Load);

    /// <summary>Finds a zone by any of its names; it has its canonical one then.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        if (!Canonical.Value.TryGetValue(name, out var canonical)) return false;
        // An old database of the system may not have the new name yet.
        return TimeZoneInfo.TryFindSystemTimeZoneById(canonical, out zone) || TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
    }

    private static FrozenDictionary<string, string> Load()
    {
        using var stream = typeof(TimeZoneNames).Assembly.GetManifestResourceStream("time-zones.txt")!;
        using var lines = new StreamReader(stream);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        while (lines.ReadLine() is { } line)
        {
            var zone = line.Split(' ');
            foreach (var name in zone) names.Add(name, zone[0]);
        }
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
