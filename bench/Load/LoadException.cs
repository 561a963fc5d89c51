namespace BigTech.Load;

/// <summary>The run cannot continue, for a reason that fits in one line.</summary>
internal sealed class LoadException(string message) : Exception(message);
