using System.Text.Json.Serialization;
using BigTech.WebClient.State;

namespace BigTech.WebClient.Browser;

/// <summary>The JSON of what the browser keeps, without reflection, so that the trimmed program has it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoAnswer))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(List<OutboxEntry>))]
[JsonSerializable(typeof(OutboxEntry))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(SavedSession))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class WebClientJson : JsonSerializerContext;
