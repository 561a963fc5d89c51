using System.Text.Json.Serialization;

namespace BigTech.Load;

/// <summary>The options of the command line.</summary>
internal sealed record LoadOptions(
    IReadOnlyList<string> Scenarios,
    int Seconds,
    double WarmUpSeconds,
    int Repeat,
    IReadOnlyList<int> Connections,
    int IdleStreams,
    int FanoutStreams,
    int PresentUsers,
    Uri? Url,
    [property: JsonIgnore] string? ServerDll,
    [property: JsonIgnore] string? BesideDll,
    [property: JsonIgnore] string OutFile)
{
    [JsonIgnore]
    public Pace Pace => new(TimeSpan.FromSeconds(WarmUpSeconds), TimeSpan.FromSeconds(Seconds));
}
