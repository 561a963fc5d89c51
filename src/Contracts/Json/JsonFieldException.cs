using System.Text.Json;

namespace BigTech.Contracts.Json;

/// <summary>A value of the right JSON type that breaks a rule; the message is for the sender of the JSON.</summary>
public sealed class JsonFieldException(string message) : JsonException(message);
