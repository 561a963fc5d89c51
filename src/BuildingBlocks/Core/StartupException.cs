namespace BigTech.BuildingBlocks.Core;

/// <summary>The program cannot start, for a reason that the operator can fix. The message is printed as one line.</summary>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
