Console.WriteLine("polymath");
