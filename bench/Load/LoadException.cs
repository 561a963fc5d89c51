namespace BigTech.Load;

/// <summary>The run cannot go on, for a reason that one line tells.</summary>
internal sealed class LoadException(string message) : Exception(message);
